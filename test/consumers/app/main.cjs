/** An app of a user, in CommonJS. */
const { NATS_URL, MESH } = process.env;

async function main() {
  const { defineAgent, startNode } = await import('parley-runtime');
  const { connectJetStream } = await import('parley-runtime/jetstream');
  let handled;
  const greeted = new Promise((resolve) => {
    handled = resolve;
  });
  const hello = defineAgent({
    kind: 'hello',
    delivery: 'at_least_once',
    intents: { greet: {} },
    receive: ({ context }) => handled(context),
  });
  const transport = await connectJetStream({ url: NATS_URL, mesh: MESH });
  const node = await startNode({ agents: [hello] }, { transport, mesh: MESH });
  const draft = { intent_type: 'greet', context: { name: 'you' } };
  const ticket = await node.tell(hello, draft, { from: 'client/consumer' });
  const result = { stored: ticket !== undefined, greeted: await greeted };
  await node.stop();
  await transport.close();
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

void main();
