import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

import { firstLoad } from './first-load.ts';

/** In development the console runs on its own port and passes what is not its own to a running Kulning. */
const server = process.env.KULNING_URL ?? 'http://127.0.0.1:8470';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwind(), firstLoad({ screen: 'src/home/home-screen.tsx', budgetKb: 195 })],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1', port: 8475, proxy: { '/api': server, '/v1': server } },
});
