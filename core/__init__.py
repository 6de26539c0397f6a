"""The desk: it decides, remembers and tells, and knows no chat, mail or stream server.

A command is read forwards: `usecases` (one transaction each) → `policy` (the decision, pure) →
`store` (what is written) → `notices` (who must be told what, pure) → `outbox` (deliveries).
"""
