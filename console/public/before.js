// Runs before the page's modules. A file of its own because the page's security policy allows no inline script.
(() => {
  // A reader in the dark is never flashed with white: the theme stands before the first paint.
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  let theme = null;
  try {
    theme = localStorage.getItem('kulning.theme');
  } catch {
    // Storage may be forbidden; the system's preference then decides.
  }
  document.documentElement.dataset.theme =
    theme === 'dark' || theme === 'light' ? theme : dark ? 'dark' : 'light';

  // zod would try `new Function` to parse faster, which the security policy forbids and reports. It reads this when its
  // first schema is made.
  // oxlint-disable-next-line no-underscore-dangle -- zod's own name for it
  globalThis.__zod_globalConfig = { jitless: true };
})();
