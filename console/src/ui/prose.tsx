/** A sentence of ours, in which commands stand between backticks. */
export function Prose({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={`${index} ${part}`} className="font-mono text-xs">
        {part}
      </code>
    ),
  );
}
