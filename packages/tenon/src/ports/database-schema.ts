/** A table of a database as its catalogue tells it. */
export interface TableSchema {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly TableColumn[];
  /** The columns of the primary key in its order; none where there is none. */
  readonly primaryKey: readonly string[];
  /** Foreign keys of one column. */
  readonly references: readonly TableReference[];
  /** As the database estimates them. */
  readonly rows: number;
}

export interface TableColumn {
  readonly name: string;
  /** Such as `int8`, `text`, `timestamptz`; of a domain what it is made of, and `enum` for those. */
  readonly type: string;
  /** Digits behind the point of a `numeric` that says so. */
  readonly scale: number | undefined;
  readonly isNullable: boolean;
}

export interface TableReference {
  readonly column: string;
  readonly schema: string;
  readonly table: string;
  readonly target: string;
}
