import { fileFixtures } from '../../../../../tools/fixture-gguf.ts';
import { describeFileUses } from '../engine-conformance-files.ts';

describeFileUses('llama', fileFixtures());
