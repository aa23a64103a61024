/** The contract of `runtime/transport/transport.ts`, as tests. Every adapter runs all of it. */
import { describe, expect, it } from 'vitest';
import { closeContract } from './close-contract.ts';
import type { ContractRig, MakeRig } from './contract-rig.ts';
import { feedContract } from './feed-contract.ts';
import { headerContract } from './header-contract.ts';
import { keyValueContract } from './key-value-contract.ts';
import { logContract } from './log-contract.ts';
import { ownershipContract } from './ownership-contract.ts';
import { poolContract } from './pool-contract.ts';
import { publishContract } from './publish-contract.ts';
import { signalContract } from './signal-contract.ts';
import { subjectContract } from './subject-contract.ts';

export type { ContractRig };

export function transportContract(name: string, make: MakeRig): void {
  describe(`${name} keeps the transport contract`, () => {
    it('A transport names the server that it is connected to', async () => {
      const rig = await make();
      const transport = await rig.connect();
      expect(transport.describe).toMatch(/\S/);
      await rig.dispose();
    });
    publishContract(make);
    headerContract(make);
    subjectContract(make);
    poolContract(make);
    feedContract(make);
    ownershipContract(make);
    keyValueContract(make);
    logContract(make);
    signalContract(make);
    closeContract(make);
  });
}
