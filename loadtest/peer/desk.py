"""The common alternative to Redress: FastAPI, SQLAlchemy and WebSockets in two workers, written for the load test.

A submission is checked, stored by the ORM over a pooled connection, committed, and told to all workers by NOTIFY in
the same transaction; each worker sends it to its sockets. That is less than Redress does for it: no number in a region
without a gap, no event that is kept, no resuming, no search for duplicates, no words for searches, no bound on slow clients.

Called as `desk.py PORT` with PEER_SOCKET, the folder of PostgreSQL's socket.
"""

import asyncio
import json
import os
import sys
import uuid
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path

import asyncpg
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field
from sqlalchemy import DateTime, Float, Index, String, Text, func, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateSchema

SOCKET = os.environ["PEER_SOCKET"]
SCHEMA = "peer"
CHANNEL = "complaints"
WORKERS = 2
POOL = 10

engine = create_async_engine(f"postgresql+asyncpg://redress@/redress?host={SOCKET}", pool_size=POOL, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
clients = set()


class Base(DeclarativeBase):
    pass


class Complaint(Base):
    __tablename__ = "complaints"
    __table_args__ = (Index("complaints_by_region_time", "region", "created_at"), {"schema": SCHEMA})

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str] = mapped_column(String(16))
    description: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class NewComplaint(BaseModel):
    region: str = Field(min_length=1, max_length=64)
    category: str = Field(min_length=1, max_length=64)
    severity: str = Field(default="medium", pattern="^(low|medium|high|critical)$")
    description: str = Field(min_length=1, max_length=4000)
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


def event_of(complaint):
    """The text that sockets get; it begins as the events of Redress do, so that the same clients read it."""
    event = {
        "type": "event",
        "region": complaint.region,
        "seq": 0,
        "at": complaint.created_at.isoformat().replace("+00:00", "Z"),
        "kind": "complaint.created",
        "complaint": {
            "id": str(complaint.id),
            "region": complaint.region,
            "category": complaint.category,
            "status": complaint.status,
            "severity": complaint.severity,
            "description": complaint.description,
            "latitude": complaint.latitude,
            "longitude": complaint.longitude,
            "created_at": complaint.created_at.isoformat(),
        },
    }
    return json.dumps(event, separators=(",", ":"))


async def send_all(events):
    while True:
        text = await events.get()
        for client in list(clients):
            try:
                await client.send_text(text)
            except Exception:  # one that is gone ends its own loop
                clients.discard(client)


@asynccontextmanager
async def lifespan(_app):
    events = asyncio.Queue()
    listener = await asyncpg.connect(host=SOCKET, user="redress", database="redress")
    await listener.add_listener(CHANNEL, lambda _connection, _pid, _channel, text: events.put_nowait(text))
    sender = asyncio.create_task(send_all(events))
    yield
    sender.cancel()
    await listener.close()
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/complaints", status_code=201)
async def submit(new: NewComplaint):
    complaint = Complaint(
        id=uuid.uuid4(), status="reported", created_at=datetime.now(timezone.utc), **new.model_dump()
    )
    async with sessions() as session, session.begin():
        session.add(complaint)
        await session.flush()
        await session.execute(select(func.pg_notify(CHANNEL, event_of(complaint))))
    return {"id": complaint.id, "status": complaint.status, "created_at": complaint.created_at}


@app.websocket("/")
async def follow(client: WebSocket):
    await client.accept()
    clients.add(client)
    try:
        while True:
            await client.receive_text()
    except WebSocketDisconnect:
        clients.discard(client)


async def create():
    async with engine.begin() as connection:
        await connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(create())
    uvicorn.run(
        "desk:app",
        app_dir=str(Path(__file__).parent),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        workers=WORKERS,
        backlog=4096,
        log_level="warning",
        ws_ping_interval=None,
    )
