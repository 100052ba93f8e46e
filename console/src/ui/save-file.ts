/** Hands a file to the reader. Files of the contract arrive as blobs, whatever their declared type says. */
export function saveFile(name: string, content: unknown): void {
  const blob =
    content instanceof Blob
      ? content
      : new Blob([typeof content === 'string' ? content : JSON.stringify(content, undefined, 2)]);
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
