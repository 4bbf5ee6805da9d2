import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "light" | "dark";

interface Theme {
  readonly choice: ThemeChoice;
  readonly shown: "light" | "dark";
}

const key = "tenon.theme";
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
let theme = themeOf(stored());

export function chooseTheme(choice: ThemeChoice): void {
  store(choice);
  apply(choice);
}

/** Puts the stored choice on the page and follows the system while there is none. */
export function startTheme(): void {
  apply(theme.choice);
  prefersDark.addEventListener("change", () => apply(theme.choice));
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
}

function apply(choice: ThemeChoice): void {
  theme = themeOf(choice);
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  for (const listener of listeners) listener();
}

function themeOf(choice: ThemeChoice): Theme {
  return { choice, shown: choice === "system" ? (prefersDark.matches ? "dark" : "light") : choice };
}

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(key);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

/** A browser that refuses storage still changes the theme, until the page is closed. */
function store(choice: ThemeChoice): void {
  try {
    if (choice === "system") localStorage.removeItem(key);
    else localStorage.setItem(key, choice);
  } catch {}
}
