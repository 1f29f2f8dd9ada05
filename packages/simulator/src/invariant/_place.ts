/** Names a session as one process has it. */
export function placeOf(process: string, key: string): string {
  return `${process} ${key}`;
}
