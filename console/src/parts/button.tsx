import type { ButtonHTMLAttributes } from "react";
import "./button.css";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: "plain" | "primary" | "small";
  readonly testId?: string;
  /** The action is under way: the button waits and says so to assistive technology. */
  readonly busy?: boolean;
}

export function Button({ look = "plain", testId, busy = false, disabled, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`button button-${look}`}
      data-testid={testId}
      disabled={disabled || busy}
      aria-busy={busy}
    >
      {children}
    </button>
  );
}
