import { expect, it } from 'vitest';
import { NatsServerNotFoundError, NatsServerUnusableError } from '../../../runtime/embedded/embedded-errors.ts';
import { findNatsServer } from '../../../runtime/embedded/find-nats-server.ts';
import type { Answer, NatsSource } from '../../../runtime/embedded/nats-source.ts';

const server = { path: '/somewhere/nats-server', version: '2.15.1' };

function source(name: string, answer: Answer, asked: string[] = [], remote = false): NatsSource {
  return {
    name,
    remote,
    async find() {
      asked.push(name);
      return answer;
    },
  };
}

it('The search takes the first source with a server, and asks no further one', async () => {
  const asked: string[] = [];
  const sources = [
    source('first', { reason: 'not set' }, asked),
    source('second', server, asked),
    source('third', { path: '/elsewhere', version: '2.12.0' }, asked),
  ];
  expect(await findNatsServer({ sources })).toEqual(server);
  expect(asked).toEqual(['first', 'second']);
});

it('The search gives the reason of each source, and the next step, in one error', async () => {
  const sources = [source('here', { reason: 'none there' }), source('there', { reason: 'not reachable' }, [], true)];
  const error = await findNatsServer({ sources }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NatsServerNotFoundError);
  expect(error).toMatchObject({
    code: 'PARLEY_NATS_SERVER_NOT_FOUND',
    retryable: true,
    attempts: [
      { source: 'here', reason: 'none there' },
      { source: 'there', reason: 'not reachable' },
    ],
    message: expect.stringMatching(/here: none there\n.*there: not reachable\n(.*\n)*.*PARLEY_NATS_SERVER.*NATS_URL/),
  });
});

it('The search tells waiting people how fetching went, and is silent about quick steps', async () => {
  const lines: string[] = [];
  await findNatsServer({
    sources: [
      source('PATH', { reason: 'none there' }),
      source('release', { reason: 'status 404' }, [], true),
      source('archive', server, [], true),
    ],
    say: (line) => lines.push(line),
  });
  expect(lines).toEqual(['nats-server: release: status 404', 'nats-server: 2.15.1 is in /somewhere/nats-server']);
});

it('The search ends when a source throws: that one was chosen by name', async () => {
  const asked: string[] = [];
  const chosen: NatsSource = {
    name: 'chosen',
    remote: false,
    find: () => Promise.reject(new NatsServerUnusableError('/usr/bin/false', 'is not one')),
  };
  await expect(findNatsServer({ sources: [chosen, source('next', server, asked)] })).rejects.toMatchObject({
    code: 'PARLEY_NATS_SERVER_UNUSABLE',
    path: '/usr/bin/false',
    message: expect.stringContaining('"/usr/bin/false"'),
  });
  expect(asked).toEqual([]);
});
