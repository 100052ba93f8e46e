import { downloadFile } from './file-download.ts';
import { createOutboundHosts } from './outbound-hosts.ts';

/** For the test that kills it: fetches one file from this machine. */
const [url = '', partPath = ''] = process.argv.slice(2);
const download = { url, partPath, validator: undefined, sha256: 'a'.repeat(64), maxBytes: 1e9 };
await downloadFile(
  createOutboundHosts(['127.0.0.1']),
  { ...download, onHead: () => Promise.resolve() },
  AbortSignal.timeout(60_000),
);
