import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { until } from './until.js';

/** A UDP port of loopback that is free now. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** Resolves when a program listens on a port of 127.0.0.1. Nothing connects to it: whoever tries too early may connect to itself. */
export async function untilTaken(protocol: 'udp' | 'tcp', port: number, hasEnded: () => boolean): Promise<void> {
  // Its own address, nobody's on the other side, and the state: listening (TCP) or open (UDP).
  const state = protocol === 'tcp' ? '0A' : '07';
  const place = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 ${state}`;
  await until(() => {
    if (hasEnded()) throw new Error('The program ended before it listened.');
    return readFileSync(`/proc/net/${protocol}`, 'utf8').includes(place);
  });
}
