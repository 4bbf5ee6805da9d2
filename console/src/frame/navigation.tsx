import { Link } from "@tanstack/react-router";
import { Icon, type IconName } from "./icon.tsx";
import "./navigation.css";

const places: readonly {
  readonly to: "/" | "/events" | "/features" | "/models" | "/predictions" | "/consistency";
  readonly label: string;
  readonly icon: IconName;
}[] = [
  { to: "/", label: "Overview", icon: "overview" },
  { to: "/events", label: "Events", icon: "events" },
  { to: "/features", label: "Features", icon: "features" },
  { to: "/models", label: "Models", icon: "models" },
  { to: "/predictions", label: "Predictions", icon: "predictions" },
  { to: "/consistency", label: "Consistency", icon: "consistency" },
];

export function Navigation() {
  return (
    <nav className="navigation" aria-label="Main">
      <ul>
        {places.map(({ to, label, icon }) => (
          <li key={label}>
            <Link to={to} activeOptions={{ exact: to === "/", includeSearch: false }}>
              <Icon name={icon} />
              <span>{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
