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

    /// <summary>The answer can't be used, or isn't wanted.</summary>
    void OnReadingFailed(OriginFailure reason, string? error = null);
}
