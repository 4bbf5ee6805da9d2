/** A frozen copy of a list. What is no list is passed on, so that the plan's check can name the definition that has it. */
export const frozenList = <T>(list: readonly T[]): readonly T[] =>
  Array.isArray(list) ? Object.freeze([...list]) : list;

/**
 * What `definition.written` is for: the options as they were written. Types refuse a misspelt option; where there are no
 * types the plan's check does, by this list.
 */
export const writtenOptions = (options: object): readonly string[] => Object.freeze(Object.keys(options ?? {}));
