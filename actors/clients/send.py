"""Puts an intent into a mesh from Python: nats-py, a request, a ticket.

usage: python3 send.py <nats url> <mesh> <agent> <intent type> <context as JSON>
"""

import asyncio
import json
import sys

import nats


async def main(url, mesh, agent, intent_type, context):
    kind, _, key = agent.partition("/")
    connection = await nats.connect(url)
    intent = {"intent_type": intent_type, "context": json.loads(context)}
    subject = f"{mesh}.in.client.python.{kind}.{key or '='}"
    answer = await connection.request(subject, json.dumps(intent).encode(), timeout=5)
    print(answer.data.decode())
    await connection.close()


asyncio.run(main(*sys.argv[1:]))
