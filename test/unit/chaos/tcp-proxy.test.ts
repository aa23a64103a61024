import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, TcpProxy } from '../../../runtime/testing/chaos/tcp-proxy.ts';

/** A server that says everything twice, and a proxy in front of it. */
async function echo(): Promise<TcpProxy> {
  const server = createServer((socket) => {
    socket.on('data', (bytes) => socket.write(Buffer.concat([bytes, bytes])));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const proxy = await TcpProxy.open(typeof address === 'object' ? (address?.port ?? 0) : 0);
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    server.close();
  });
  return proxy;
}

async function open({ port }: TcpProxy): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

/** Until so many characters have come. */
async function read(socket: Socket, length: number): Promise<string> {
  let text = '';
  while (text.length < length) text += String((await once(socket, 'data'))[0]);
  return text;
}

describe('a TCP proxy', () => {
  it('A TCP proxy passes on bytes, both ways', async () => {
    const socket = await open(await echo());
    socket.write('ab');
    expect(await read(socket, 4)).toBe('abab');
  });

  it('A TCP proxy ends every connection at a cut, and accepts new ones', async () => {
    const proxy = await echo();
    const socket = await open(proxy);
    const closed = once(socket, 'close');
    proxy.cut();
    await closed;
    const next = await open(proxy);
    next.write('a');
    expect(await read(next, 2)).toBe('aa');
  });

  it('A TCP proxy keeps bytes while it holds, and passes them on in order afterwards', async () => {
    const proxy = await echo();
    const [socket, other] = [await open(proxy), await open(await echo())];
    proxy.hold();
    let heard = 0;
    socket.on('data', (bytes) => {
      heard += bytes.length;
    });
    socket.write('a');
    socket.write('b');
    other.write('a');
    await read(other, 2);
    expect(heard).toBe(0);
    const said = read(socket, 4);
    proxy.release();
    expect((await said).indexOf('a')).toBe(0);
    expect(heard).toBe(4);
  });

  it('A TCP proxy passes on late bytes in order, also when the delay ends between them', async () => {
    const proxy = await echo();
    const socket = await open(proxy);
    proxy.delay(30);
    socket.write('a');
    expect(await read(socket, 2)).toBe('aa');
    socket.write('b');
    proxy.delay(0);
    socket.write('c');
    expect((await read(socket, 4)).indexOf('b')).toBe(0);
  });

  it('A TCP proxy cuts and refuses until it accepts again, on the same port', async () => {
    const proxy = await echo();
    const socket = await open(proxy);
    const closed = once(socket, 'close');
    await proxy.refuse();
    await closed;
    await expect(open(proxy)).rejects.toThrow(/ECONNREFUSED/);
    await proxy.accept();
    const next = await open(proxy);
    next.write('a');
    expect(await read(next, 2)).toBe('aa');
  });

  it('A TCP proxy ends a connection to a server that does not run', async () => {
    const proxy = await TcpProxy.open(await freePort());
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const socket = await open(proxy);
    await once(socket, 'close');
  });
});
