using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Hears how far an <see cref="AnswerReading"/> is. Called on the loop's thread.</summary>
internal interface IReadingOwner
{
    /// <summary>100 Continue has come.</summary>
    void OnContinue();

    /// <summary>The final head is about to go to the sink.</summary>
    void OnFinalHead(int status);

    /// <summary>The origin is waited for from now on.</summary>
    void OnReceiveBegins();

    /// <summary>The sink has been told to wait for its readers.</summary>
    void OnSinkWaits();

    /// <summary>The answer is whole.</summary>
    /// <param name="keepsConnection">The connection may carry a further request, as far as the answer tells.</param>
    void OnAnswered(bool keepsConnection);

    /// <summary>The origin has switched protocols as the request offers it; nothing more is read.</summary>
    /// <param name="early">Bytes that came behind the head, whose reference passes over; null for none.</param>
    void OnSwitched(ResponseHead head, Segment? early, int earlyBytes);

    /// <summary>The answer can't be used, or isn't wanted.</summary>
    void OnReadingFailed(OriginFailure reason, string? error = null);
}
