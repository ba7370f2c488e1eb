namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>Whom an answer is for.</summary>
internal enum AnswerAudience : byte
{
    /// <summary>The client whose request was forwarded.</summary>
    Leader,

    /// <summary>Those too whose requests say the same, without credentials: what is wrong with one is wrong with all.</summary>
    Alike,

    /// <summary>All without credentials: with them the origin might answer otherwise.</summary>
    WithoutCredentials,

    /// <summary>All who asked before its head came, as far as it suits each.</summary>
    All,
}
