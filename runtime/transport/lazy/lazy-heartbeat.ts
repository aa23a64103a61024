/** A heartbeat of a store that is not yet connected: it sends nothing until then. */
import type { Heartbeat, HeartbeatFields } from '../heartbeat.ts';
import type { Connecting } from './connecting.ts';

export function lazyHeartbeat(connecting: Connecting, subject: string, failed: (reason: string) => void): Heartbeat {
  let real: Heartbeat | undefined;
  let said: HeartbeatFields | undefined;
  const forget = connecting.onceConnected((transport) => {
    const started = transport.heartbeat(subject, failed);
    real = started;
    if (said !== undefined) started.say(said);
    return () => void started.stop();
  });
  return {
    say(fields) {
      said = fields;
      real?.say(fields);
    },
    contacted: (ageMs) => real?.contacted(ageMs),
    stop: async () => {
      if (real === undefined) forget();
      else await real.stop();
    },
  };
}
