/**
 * A support desk: four agents for each customer. `npm run parley -- run actors/examples/support_desk/app.ts`, and beside it the CRM
 * that it asks: `npm run parley -- run actors/examples/support_desk/crm/app.ts`
 */
import { type App, defineApp } from '../../../runtime/index.ts';
import { billing } from './billing.ts';
import { human } from './human.ts';
import { openDesk } from './services.ts';
import { technical } from './technical.ts';
import { triage } from './triage.ts';

const app: App = defineApp({ pool: 'desk', agents: [triage, billing, technical, human], services: openDesk });
export default app;
