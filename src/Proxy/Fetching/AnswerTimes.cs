using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching;

/// <summary>When a fetch has asked the origin, and when its answer came. Times are milliseconds since 1970, moments are numbers that tell
/// which answer was asked for when another had come.</summary>
/// <param name="askedAt">The time at which the origin was asked.</param>
/// <param name="asked">That moment.</param>
internal sealed class AnswerTimes(long askedAt, long asked)
{
    // The origin's thread alone, as the date is.
    private long _came;

    /// <summary>The time at which the origin was asked.</summary>
    public long AskedAt => askedAt;

    /// <summary>The whole second of the answer's Date, or <see cref="SharedAnswer.NoDate"/>; on the origin's thread, once the head has
    /// come.</summary>
    public long MadeAt { get; private set; } = SharedAnswer.NoDate;

    /// <summary>Where the answer stands among others; on the origin's thread, once the head has come.</summary>
    public AnswerOrder Order => new(asked, _came);

    /// <summary>The head has come, as the rules have it.</summary>
    /// <param name="came">The moment at which it came.</param>
    public void OnHead(ResponseHead head, long came)
    {
        _came = came;
        MadeAt = !head.LacksDate && ResponseAge.TryDateOf(head.Fields, out var date) ? date : SharedAnswer.NoDate;
    }
}
