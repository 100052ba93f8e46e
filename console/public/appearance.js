// Runs before the first paint, so that a reader in the dark is never flashed with white.
// A file of its own because the page's security policy allows no inline script.
(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  let theme = null;
  try {
    theme = localStorage.getItem('kulning.theme');
  } catch {
    // Storage may be forbidden; the system's preference then decides.
  }
  document.documentElement.dataset.theme = theme === 'dark' || theme === 'light' ? theme : dark ? 'dark' : 'light';
})();
