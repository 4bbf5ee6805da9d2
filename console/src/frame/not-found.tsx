import { Link } from "@tanstack/react-router";
import { Page } from "../parts/page.tsx";

export function NotFound() {
  return (
    <Page title="There is no such page">
      <p>
        The address does not belong to the console. <Link to="/">Go to the overview</Link>
      </p>
    </Page>
  );
}
