import { useEffect } from "react";
import { Command } from "../parts/command.tsx";
import "./plain-page.css";

export function SignedOut() {
  useEffect(() => {
    document.title = "Open the printed link · Tenon";
  }, []);
  return (
    <main className="plain-page">
      <h1>Open the link that the server printed</h1>
      <p>
        This browser has no valid session. The link carries a token that works once and leaves a cookie; a restart of
        the server ends it.
      </p>
      <p>No link at hand? In the folder of your app, this tells a new one:</p>
      <Command text="npx tenon console" />
    </main>
  );
}
