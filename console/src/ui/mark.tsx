/** The call: three arcs rising from a point. */
export function Mark({ className = 'size-6' }: { readonly className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      className={`shrink-0 text-accent ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="2.2"
      strokeLinecap="round"
    >
      <circle cx="4.5" cy="19.5" r="1.9" fill="currentColor" stroke="none" />
      <path d="M4.5 13.2a6.3 6.3 0 0 1 6.3 6.3M4.5 8.4a11.1 11.1 0 0 1 11.1 11.1M4.5 3.6a15.9 15.9 0 0 1 15.9 15.9" />
    </svg>
  );
}
