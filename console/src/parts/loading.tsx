import "./loading.css";

/** Grey lines of the height that the content will take, so that nothing jumps when it comes. */
export function Loading({ lines = 4, what }: { readonly lines?: number; readonly what: string }) {
  return (
    <div className="loading" role="status">
      <span className="hidden-visually">Loading {what}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are alike and never move
        <span key={line} className="loading-line" />
      ))}
    </div>
  );
}
