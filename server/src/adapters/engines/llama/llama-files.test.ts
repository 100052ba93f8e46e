import { describeFileUses } from '../engine-conformance-files.ts';

describeFileUses('llama');
