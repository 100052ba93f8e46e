/**
 * Calls back once when the process that started this one over IPC is gone, `kill -9` included. It may have gone while
 * this one was still loading its code: then the event is past, and the call comes at once.
 */
export function onParentGone(then: () => void): void {
  process.once('disconnect', then);
  if (process.send !== undefined && !process.connected) then();
}
