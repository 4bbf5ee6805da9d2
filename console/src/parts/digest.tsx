const shownCharacters = 10;

/** A hash cut short, whole in its title and for copying by assistive technology. */
export function Digest({ value }: { readonly value: string }) {
  const bare = value.replace(/^sha256:/, "");
  return (
    <abbr className="digest code" title={value}>
      {bare.length > shownCharacters + 2 ? `${bare.slice(0, shownCharacters)}…` : bare}
    </abbr>
  );
}
