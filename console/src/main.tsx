import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { Console } from './app/console.tsx';
import './theme/styles.css';

const root = document.querySelector('#console');
if (!root) throw new Error('index.html has no element with the id "console".');

createRoot(root).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
