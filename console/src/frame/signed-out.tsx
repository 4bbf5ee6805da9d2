import { useEffect } from "react";
import { Command } from "../parts/command.tsx";
import "./plain-page.css";

export function SignedOut() {
  useEffect(() => {
    document.title = "Open the printed link · Tenon";
  }, []);
  return (
    <main className="plain-page">
      <h1>Open the link that tenon dev printed</h1>
      <p>
        This browser has no valid session. The link carries a token that works once and leaves a cookie; a restart of
        the server makes a new one.
      </p>
      <p>No link at hand? Start the server again in the folder of your app:</p>
      <Command text="npx tenon dev" />
    </main>
  );
}
