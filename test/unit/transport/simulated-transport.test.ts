/** Runs the contract of transports on the simulated store. */
import { transportContract } from '../../contract/transport-contract.ts';
import { simulatedRig } from './simulated-rig.ts';

transportContract('the simulated store', simulatedRig);
