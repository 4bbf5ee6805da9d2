import { Icon } from "./icon.tsx";
import { chooseTheme, type ThemeChoice, useTheme } from "./theme.ts";

const next: Readonly<Record<ThemeChoice, ThemeChoice>> = { system: "light", light: "dark", dark: "system" };
const icons = { system: "auto", light: "sun", dark: "moon" } as const;

export function ThemeToggle() {
  const { choice } = useTheme();
  const label = `Theme: ${choice}. Change to ${next[choice]}.`;
  return (
    <button
      type="button"
      className="theme-toggle"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(next[choice])}
    >
      <Icon name={icons[choice]} />
    </button>
  );
}
