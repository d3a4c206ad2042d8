//! How APIs write what they stream in pieces.

/// How an API writes a piece: what stands before it, and behind it to the next line. `#` is the event's number.
pub(super) const FORMATS: [(&str, &str); 27] = [
    (r#"{"type":"item.delta","id":"msg_1","seq":#,"delta":""#, "\"}\n"),
    (
        r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""#,
        "\"}}\n\n",
    ),
    (
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"",
        "\"}}\n\n",
    ),
    (
        r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1#,"model":"x","choices":[{"index":0,"delta":{"content":""#,
        "\"},\"logprobs\":null,\"finish_reason\":null}],\"obfuscation\":\"a1B#\"}\r\n\r\n",
    ),
    (
        r#"data: {"id":"c1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":""#,
        "\"}}]}}]}\n\n",
    ),
    (
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"item_id\":\"msg_a\",\"output_index\":0,\"content_index\":0,\"delta\":\"",
        "\",\"logprobs\":[],\"sequence_number\":#}\n\n",
    ),
    (
        r#"{"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""#,
        "\"}},\"session_id\":\"0f1e-2d3c\",\"uuid\":\"aa-#\"}\n",
    ),
    (
        r#"{"method":"item/agentMessage/delta","params":{"threadId":"t1","turnId":"u1","itemId":"i1","delta":""#,
        "\"}}\n",
    ),
    (
        r#"{"event_id":"ev_#","type":"response.text.delta", "delta": ""#,
        "\"}\n",
    ),
    (r#"data: {"type":"text-delta","id":"0","delta":""#, "\"}\n\n"),
    (r#"{"at":"2026-01-02T03:04:05.#Z","id":"x","text_delta":""#, "\"}\n"),
    (
        r#"event: ping
data: {"type": "ping"}

: keep-alive

data: {"delta":{"text":""#,
        "\"}}\n\n",
    ),
    // Of two texts at a time, the other one.
    ("{\"index\":1,\"delta\":\"other\"}\n{\"index\":0,\"delta\":\"", "\"}\n"),
    (r#"[#.5, {"delta": {"role": "assistant", "content": ""#, "\"}}]\n"),
    (
        r#"{"model":"m","created_at":"2026-01-02T03:04:05.#Z","response":""#,
        "\",\"done\":false}\n",
    ),
    (
        r#"{"model":"m","created_at":"2026-01-02T03:04:05.#Z","message":{"role":"assistant","content":""#,
        "\"},\"done\":false}\n",
    ),
    (
        r#"data: {"candidates": [{"content": {"parts": [{"text": ""#,
        "\"}],\"role\": \"model\"},\"index\": 0}],\"usageMetadata\": {\"total\": #}}\r\n\r\n",
    ),
    (
        r#"{"type":"message","timestamp":"2026-01-02T03:04:05.#Z","role":"assistant","content":""#,
        "\",\"delta\":true}\n",
    ),
    (r#"[1#.25, "o", ""#, "\"]\n"),
    (r#"{"seq": #, "delta" : ""#, "\"}\n"),
    (r#"{"delta" : {"content" : ""#, "\"}}\n"),
    // Behind a string that is empty, and with events between that have no other.
    (
        r#"data: {"id":"gen-1","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":""#,
        "\",\"reasoning_details\":[]},\"finish_reason\":null}]}\n\n",
    ),
    (
        r#"{"model":"m","created_at":"2026-01-02T03:04:05.#Z","message":{"role":"assistant","content":"","thinking":""#,
        "\"},\"done\":false}\n",
    ),
    (
        r#"{"model":"m","created_at":"2026-01-02T03:04:05.#Z","response":"","thinking":""#,
        "\",\"done\":false}\n",
    ),
    (
        "{\"delta\":{\"content\":\"\",\"reasoning_content\":\"\"}}\n{\"delta\":{\"content\":\"\",\"reasoning_content\":\"",
        "\"}}\n",
    ),
    // However many others stand behind.
    (
        "{\"delta\":{\"text\":\"",
        "\",\"a\":\"b\",\"c\":[\"d\"],\"e\":{\"f\":\"g\"},\"h\":\"i\",\"j\":\"k\"}}\n",
    ),
    ("0:\"", "\"\n"),
];

/// How an API writes two pieces in an event: what stands before, between and behind them.
pub(super) const PAIRS: [(&str, &str, &str); 5] = [
    // The same text twice.
    (
        r#"data: {"id":"gen-1","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":""#,
        r#"","reasoning_details":[{"type":"reasoning.text","text":""#,
        "\",\"format\":\"unknown\",\"index\":0}]},\"finish_reason\":null}]}\n\n",
    ),
    (r#"{"delta":{"content":""#, r#"","reasoning":""#, "\"}}\n"),
    // Others stand behind.
    (
        r#"{"delta":{"content":""#,
        r#"","more":[""#,
        "\"],\"a\":\"b\",\"type\":\"c\",\"n\":{\"d\":\"#\"}}}\n",
    ),
    (
        r#"{"model":"m","created_at":"2026-01-02T03:04:05.#Z","message":{"role":"assistant","content":""#,
        r#"","thinking":""#,
        "\"},\"done\":false}\n",
    ),
    (
        r#"data: {"candidates": [{"content": {"parts": [{"text": ""#,
        r#"","more": ""#,
        "\"}],\"role\": \"model\"},\"index\": 0}]}\r\n\r\n",
    ),
];
