/** The actuators of the mesh on the cloud, by the action names of policy. */
import { z } from 'zod';
import type { Actuator } from '../../runtime/policy/act-options.ts';
import type { Cloud, CloudAction } from '../cloud/cloud.ts';

const sized = z.object({ service: z.string(), instances: z.number().int() });
const switched = z.object({ service: z.string(), on: z.boolean() });
const costly = z.object({ service: z.string(), cost: z.number().nonnegative() });

export function cloudActuators(cloud: Cloud): Readonly<Record<string, Actuator>> {
  const applying =
    (read: (args: unknown) => CloudAction): Actuator =>
    (args, { key }) => ({ applied: cloud.apply(key, read(args)) });
  const scale = applying((args) => ({ action: 'scale', ...sized.parse(args) }));
  return Object.freeze({
    scale_up: scale,
    scale_down: scale,
    limit_rate: applying((args) => ({ action: 'limit_rate', ...switched.parse(args) })),
    reserve_instances: applying((args) => ({ action: 'reserve', ...sized.parse(args) })),
    diagnose: applying((args) => ({ action: 'diagnose', ...costly.parse(args) })),
  });
}
