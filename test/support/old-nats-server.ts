/** A nats-server that is too old for Parley: 2.9, as Debian 12 has it. */
import type { DebianProgram } from './debian-program.ts';

export const oldNatsServer: DebianProgram = {
  name: 'nats-server-2.9',
  packages: ['nats-server'],
  path: 'usr/sbin/nats-server',
  suite: 'bookworm',
};
