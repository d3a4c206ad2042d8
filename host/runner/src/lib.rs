//! The only owner of processes: sessions, streams, recorder.
