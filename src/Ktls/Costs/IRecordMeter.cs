namespace TlsProxy.Ktls.Costs;

/// <summary>Sends responses over one connection, and tells what each cost.</summary>
internal interface IRecordMeter
{
    /// <summary>Sends a response whose body has so many bytes.</summary>
    /// <param name="isOver">Whether there is no more time.</param>
    /// <returns>Nanoseconds of processor time; null when the response wasn't sent: the connection is of no use any more.</returns>
    long? TrySend(int bytes, Func<bool> isOver);
}
