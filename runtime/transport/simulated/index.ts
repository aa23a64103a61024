/** The simulated store: the transport port in memory, on a clock that is driven by hand. */
export { type BrokerSettings, SimulatedBroker } from './broker.ts';
export { type Driven, driveFor, driveTo, driveUntil, SimulationStuckError, turn } from './drive.ts';
export { FaultPlan, type FaultSettings } from './faults.ts';
export type { History } from './history.ts';
export { ProcessClock } from './process-clock.ts';
export { SimulatedTransport } from './simulated-transport.ts';
