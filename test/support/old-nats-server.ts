/** A nats-server that is too old for Parley: 2.9, from Debian 12. */
import type { DebianProgram } from './debian-program.ts';

export const oldNatsServer: DebianProgram = {
  name: 'nats-server-2.9',
  packages: ['nats-server'],
  path: 'usr/sbin/nats-server',
  suite: 'bookworm',
};
