import "./progress.css";

/** How far something is, 0 to 1, as a bar with its figure. */
export function Progress({ label, done }: { readonly label: string; readonly done: number }) {
  const percent = Math.round(Math.min(1, Math.max(0, done)) * 100);
  return (
    <div className="progress">
      <progress value={percent} max={100} aria-label={label} />
      <span>{percent} %</span>
    </div>
  );
}
