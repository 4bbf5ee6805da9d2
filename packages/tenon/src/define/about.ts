/** What any definition may say of itself: who answers for it, and what it is for. It changes no fingerprint. */
export interface About {
  /** A team's name. */
  readonly owner?: string;
  /** A sentence or two for the catalogue. */
  readonly description?: string;
}

/** The same as a part of a definition. */
export interface Described {
  readonly owner: string | undefined;
  readonly description?: string | undefined;
}

export const aboutOf = (o: Partial<Described> | undefined): Described => ({
  owner: o?.owner,
  description: o?.description,
});
