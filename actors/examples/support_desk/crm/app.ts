/** The CRM, an app of its own in the desk's mesh. `npm run parley -- run actors/examples/support_desk/crm/app.ts` */
import { type App, defineApp } from '../../../../runtime/index.ts';
import { crm, statusPage } from './agents.ts';

const app: App = defineApp({ pool: 'crm', agents: [crm, statusPage] });
export default app;
