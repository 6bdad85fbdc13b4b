import { Inject, Injectable, OnModuleInit } from '@nestjs/common';
import { Agent } from '../agents/agent.entity.js';
import { Clock } from '../common/clock.js';
import { SystemTimers } from '../common/timers.js';
import { Conversation } from '../conversations/conversation.js';
import type { ConversationListener } from '../conversations/conversation-events.js';
import { Database } from '../database/database.js';
import type { LanguageModel } from '../llm/language-model.js';
import { LANGUAGE_MODEL } from '../llm/llm.module.js';
import { Project } from '../projects/project.entity.js';
import { loadVoiceActivity } from '../speech/fvad.js';
import { Recognizers } from '../speech/recognition/recognizers.js';
import { CallSpeech } from '../speech/synthesis/call-speech.js';
import type { VoiceActivity } from '../speech/voice-activity.js';
import type { LineCall } from '../telephony/phone-line.js';
import { planOf } from './call-plan.js';
import { Call } from './call.entity.js';
import { CallsSettings } from './calls.settings.js';

/** Starts the conversation of one call on its line. */
export type BeginConversation = (line: LineCall, listener: ConversationListener) => Conversation;

/** Creates the conversations of calls from their agents' settings and the configured providers. */
@Injectable()
export class CallConversations implements OnModuleInit {
  private readonly timers = new SystemTimers();
  private makeVoiceActivity: () => VoiceActivity;

  constructor(
    @Inject(LANGUAGE_MODEL) private readonly model: LanguageModel,
    private readonly synthesizer: CallSpeech,
    private readonly recognizers: Recognizers,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: CallsSettings,
  ) {}

  async onModuleInit(): Promise<void> {
    this.makeVoiceActivity = await loadVoiceActivity();
  }

  /** Reads all that a conversation needs before the call is dialled. Null: its agent is gone, or asks for variables that the call does not have. */
  async prepare(call: Call): Promise<BeginConversation | null> {
    const { manager } = this.database.reader;
    const agent = await manager.findOneBy(Agent, { id: call.agentId, projectId: call.projectId });
    const project = await manager.findOneBy(Project, { id: call.projectId });
    const plan = agent && project && (await planOf({ agent, project, call }, this.settings, this.clock.now()));
    if (!plan) return null;
    this.model.prepare?.();
    return (line, listener) => {
      const { timers, clock, model, synthesizer } = this;
      const recognizer = this.recognizers.for(plan.language);
      const own = { line, recognizer, voiceActivity: this.makeVoiceActivity() };
      const parts = { timers, clock, model, synthesizer, ...own };
      return new Conversation(parts, plan, listener);
    };
  }
}
