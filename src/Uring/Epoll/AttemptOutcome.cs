namespace TlsProxy.Uring.Epoll;

/// <summary>How an attempt at a pending operation ended.</summary>
internal enum AttemptOutcome : byte
{
    /// <summary>It is done or has failed; its last completion is in the queue.</summary>
    Ended,

    /// <summary>Nothing more can be done before the descriptor changes.</summary>
    Blocked,

    /// <summary>There may be more, but others have their turn first.</summary>
    Unfinished,
}
