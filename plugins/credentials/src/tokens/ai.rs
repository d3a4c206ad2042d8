//! Keys of model providers.

use cofferdam_sdk::ByteSet;

use crate::token::{Proof, Token};

/// What stands in every key of the old form: base64 of the issuer's name.
const OPENAI_MARK: &[u8] = b"T3BlbkFJ";

pub(crate) const TOKENS: &[Token] = &[
    Token::new(
        "openai-key",
        "OpenAI API key",
        "credential.ai.openai",
        &["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-service-"],
        ByteSet::BASE64_URL,
        40,
    )
    .word(),
    Token::new(
        "openai-legacy-key",
        "OpenAI API key, old form",
        "credential.ai.openai",
        &["sk-"],
        ByteSet::ALNUM,
        40,
    )
    .proof(Proof::Shape(|body| {
        body.windows(OPENAI_MARK.len()).any(|part| part == OPENAI_MARK)
    }))
    .word(),
    Token::new(
        "anthropic-key",
        "Anthropic API key",
        "credential.ai.anthropic",
        &["sk-ant-"],
        ByteSet::BASE64_URL,
        80,
    )
    .word(),
    Token::new(
        "openrouter-key",
        "OpenRouter API key",
        "credential.ai.openrouter",
        &["sk-or-v1-"],
        ByteSet::HEX_LOWER,
        64,
    )
    .word(),
    Token::new(
        "xai-key",
        "xAI API key",
        "credential.ai.xai",
        &["xai-"],
        ByteSet::BASE64_URL,
        70,
    )
    .word(),
    Token::new(
        "groq-key",
        "Groq API key",
        "credential.ai.groq",
        &["gsk_"],
        ByteSet::ALNUM,
        52,
    )
    .word(),
    Token::new(
        "perplexity-key",
        "Perplexity API key",
        "credential.ai.perplexity",
        &["pplx-"],
        ByteSet::ALNUM,
        48,
    )
    .word(),
    Token::new(
        "huggingface-token",
        "Hugging Face token",
        "credential.ai.huggingface",
        &["hf_", "api_org_"],
        ByteSet::ALNUM,
        34,
    )
    .word(),
    Token::new(
        "replicate-token",
        "Replicate token",
        "credential.ai.replicate",
        &["r8_"],
        ByteSet::ALNUM,
        37,
    )
    .word(),
    Token::new(
        "tavily-key",
        "Tavily key",
        "credential.ai.tavily",
        &["tvly-"],
        ByteSet::BASE64_URL,
        32,
    )
    .word(),
    Token::new(
        "firecrawl-key",
        "Firecrawl key",
        "credential.ai.firecrawl",
        &["fc-"],
        ByteSet::HEX_LOWER,
        32,
    )
    .word(),
    Token::new(
        "jina-key",
        "Jina key",
        "credential.ai.jina",
        &["jina_"],
        ByteSet::BASE64_URL,
        60,
    )
    .word(),
];
