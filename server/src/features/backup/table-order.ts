/** `from` holds a foreign key to `to`. */
export interface Reference {
  readonly from: string;
  readonly to: string;
}

/**
 * Every table after all it refers to, else by name: rows can be inserted in this order, with constraints in force.
 * @throws RangeError for a circle of references
 */
export function inDependencyOrder(
  tables: readonly string[],
  references: readonly Reference[],
): readonly string[] {
  const waitsFor = new Map(tables.map((table) => [table, new Set<string>()]));
  // A table may refer to itself: its rows arrive in one statement, at whose end references are checked.
  for (const { from, to } of references) if (from !== to) waitsFor.get(from)?.add(to);

  const ordered: string[] = [];
  while (waitsFor.size > 0) {
    const ready = [...waitsFor]
      .filter(([, targets]) => targets.size === 0)
      .map(([table]) => table)
      .toSorted();
    if (ready.length === 0)
      throw new RangeError(`tables refer to each other in a circle: ${[...waitsFor.keys()].join(', ')}`);
    for (const table of ready) waitsFor.delete(table);
    for (const targets of waitsFor.values()) for (const table of ready) targets.delete(table);
    ordered.push(...ready);
  }
  return ordered;
}
