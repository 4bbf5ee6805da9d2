import { createContext, useContext } from "react";
import type { AppDescription } from "../../../packages/tenon/src/server/wire.ts";

export const AppContext = createContext<AppDescription | undefined>(undefined);

/** The definitions of the app. @throws outside the shell, which waits for them. */
export function useApp(): AppDescription {
  const app = useContext(AppContext);
  if (!app) throw new Error("The page is outside of the shell.");
  return app;
}
