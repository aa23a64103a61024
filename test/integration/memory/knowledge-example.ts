/** README's knowledge example: ten documents, and a question in other words for each. */

export const documents: readonly string[] = [
  'A sudden rise of requests from a handful of addresses is an attack: limit the rate, do not add machines.',
  'Instances that nobody uses at night should be switched off, and on again before the morning rush.',
  'When the database has no free connections left, every service behind it looks slow.',
  'Three-year contracts for instances are only worth it for load that never goes away.',
  'Software that was released on a Friday caused half of last year’s outages.',
  'Personal data of customers in the European Union must stay in European regions.',
  'A memory leak shows as a slow climb over days that a restart resets.',
  'Response times explode when a server is busier than three quarters of its capacity.',
  'When the cache is empty, every request goes through to the origin servers.',
  'Discounts keep price-sensitive customers from leaving, and are wasted on the loyal ones.',
];

export const questions: readonly string[] = [
  'Traffic exploded and nearly all of it comes from five IPs. What now?',
  'How do we save money while everybody is asleep?',
  'All our APIs got sluggish and the SQL pool is exhausted',
  'Should we commit to reserved capacity for the long term?',
  'Do releases at the end of the week lead to downtime?',
  'May we store German users’ profiles in Virginia?',
  'RAM usage creeps up all week until we reboot the process',
  'What happens to latency at 90 percent CPU?',
  'The backend was flooded with queries after Redis lost what it had cached',
  'Who should get a price reduction so that churn goes down?',
];
