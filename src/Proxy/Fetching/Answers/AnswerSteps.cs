namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>What is done with the answers of the origin, step by step; the same objects for all fetches.</summary>
internal sealed class AnswerSteps
{
    public AnswerSteps(AnswerContext context)
    {
        Context = context;
        Storing = new AnswerStoring(context);
        Parts = new PartKeeping(context);
        Failures = new FailureAnswers(context);
        Head = new HeadDecision(
            context, new AnswerMaking(context, Parts, Storing), new AnswerSharing(context, Failures),
            new NotModifiedAnswer(context, Storing), Failures);
    }

    public AnswerContext Context { get; }

    /// <summary>What a head means.</summary>
    public HeadDecision Head { get; }

    public AnswerStoring Storing { get; }

    public PartKeeping Parts { get; }

    /// <summary>What those who wait get in place of an answer.</summary>
    public FailureAnswers Failures { get; }
}
