namespace TlsProxy.Soak.Origin;

/// <summary>What an origin does instead of answering well.</summary>
internal enum OriginFault
{
    None,
    ResetBeforeHead,
    EndBeforeHead,
    StallBeforeHead,
    ResetInBody,
    EndInBody,
    TruncatedChunk,
    StallInBody,
    SilenceInBody,
    Trickle,
    SurplusBytes,
    SurplusAnswer,
    MalformedHead,
    ServerError,
    UnaskedNotModified,
    InterimAnswers,
    TooLargeLength,
    CloseDelimited,
}
